/** Published ranges and bands of questionnaires: where a chart's axis ends, where its lines lie. */

export interface Instrument {
  name: string;
  subject: string;
  most: number;
  /** Bands in ascending order, each by its lowest score. */
  bands: { from: number; code: string }[];
}

function bands(...pairs: [from: number, code: string][]): Instrument["bands"] {
  return pairs.map(([from, code]) => ({ from, code }));
}

const INSTRUMENTS = new Map<string, Instrument>([
  [
    "phq-9",
    {
      name: "PHQ-9",
      subject: "depression",
      most: 27,
      bands: bands(
        [0, "none_minimal"],
        [5, "mild"],
        [10, "moderate"],
        [15, "moderately_severe"],
        [20, "severe"],
      ),
    },
  ],
  [
    "gad-7",
    {
      name: "GAD-7",
      subject: "anxiety",
      most: 21,
      bands: bands([0, "minimal"], [5, "mild"], [10, "moderate"], [15, "severe"]),
    },
  ],
  ["pcl-5", { name: "PCL-5", subject: "post-traumatic stress", most: 80, bands: [] }],
  ["who-5", { name: "WHO-5", subject: "well-being", most: 100, bands: [] }],
  ["cadss-23", { name: "CADSS-23", subject: "dissociation", most: 92, bands: [] }],
  ["cadss-6", { name: "CADSS-6", subject: "dissociation", most: 24, bands: [] }],
  [
    "qids-sr16",
    {
      name: "QIDS-SR16",
      subject: "depression",
      most: 27,
      bands: bands([0, "none"], [6, "mild"], [11, "moderate"], [16, "severe"], [21, "very_severe"]),
    },
  ],
  [
    "madrs-s",
    {
      name: "MADRS-S",
      subject: "depression",
      most: 54,
      bands: bands([0, "none"], [13, "mild"], [20, "moderate"], [35, "severe"]),
    },
  ],
  [
    "isi",
    {
      name: "ISI",
      subject: "insomnia",
      most: 28,
      bands: bands([0, "none"], [8, "subthreshold"], [15, "moderate"], [22, "severe"]),
    },
  ],
  ["des-b", { name: "DES-B", subject: "dissociation", most: 32, bands: [] }],
  [
    "pc-ptsd-5",
    {
      name: "PC-PTSD-5",
      subject: "post-traumatic stress, screening",
      most: 5,
      bands: [],
    },
  ],
]);

/** What is known of an instrument; a new one gets an axis up to its highest score. */
export function instrumentOf(code: string, highest: number): Instrument {
  const known = INSTRUMENTS.get(code);
  return known ?? { name: code.toUpperCase(), subject: "", most: Math.max(highest, 1), bands: [] };
}
