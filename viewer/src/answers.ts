/** The shapes of the trend operations' answers, as far as the page reads them. */

export type Metric =
  | "mood"
  | "anxiety"
  | "anxiety_peak"
  | "flashback_count"
  | "flashback_distress"
  | "nightmares"
  | "dissociation_peak";

export type Better = "higher" | "lower";
export type Interval = [low: number, high: number];

/** What every answer carries. */
export interface Answer {
  metric?: Metric;
  unit?: string;
  better?: Better;
  window: { from: string; to: string; time_zone: string };
  status: "ok" | "insufficient_data" | "undefined";
  n_days: number;
  span_days: number;
  coverage: number;
  method: { name: string; version: string };
  caveats: string[];
  plain: string;
}

export interface DailyRow {
  date: string;
  value?: number;
  n: number;
  min?: number;
  max?: number;
  rolling_n: number;
  rolling_median_7?: number;
  session_ids?: string[];
}
export interface DailyAnswer extends Answer {
  days: DailyRow[];
}

export interface MetricSummary {
  metric: Metric;
  unit: string;
  better: Better;
  n_days: number;
  coverage: number;
  last_7: { n_days: number; median?: number };
  previous_7: { n_days: number; median?: number };
  difference?: number;
  slope: { status: string; words: string; slope_per_week?: number; ci95_per_week?: Interval };
  latest?: { date: string; value: number };
}
export interface SummaryAnswer extends Answer {
  metrics: MetricSummary[];
}

export interface SlopeAnswer extends Answer {
  slope: { words: string; slope_per_week?: number; ci95_per_week?: Interval };
}

export interface CurvePoint {
  offset: number;
  n_sessions: number;
  median?: number;
  q1?: number;
  q3?: number;
}
export interface ResponseLine {
  session_id: string;
  date: string;
  points: { offset: number; value: number }[];
}
export interface ResponseAnswer extends Answer {
  response: { n_sessions: number; curve: CurvePoint[]; lines: ResponseLine[] };
}

export interface DissociationCourse {
  status: "resolved" | "censored" | "insufficient_data" | "never_above_threshold";
  n_points: number;
  pre: number;
  threshold: number;
  peak?: number;
  minute_of_peak?: number;
  time_to_baseline_minutes?: number;
  basis?: string;
  unresolved_at_minute?: number;
  last_intensity?: number;
}
export interface Durability {
  metric: Metric;
  status: "ended" | "censored" | "no_relief" | "insufficient_data";
  reason?: string;
  relief_days?: number;
  at_least_days?: number;
}
export interface SessionRow {
  session_id: string;
  date: string;
  dose_at: string;
  status: string;
  substance: string;
  route: string;
  dose_mg?: number;
  dose_mg_per_kg?: number;
  phase?: string;
  session_number?: number;
  setting?: string;
  supervision?: string;
  days_since_previous?: number;
  vitals?: Partial<
    Record<
      | "systolic_pre"
      | "diastolic_pre"
      | "systolic_max"
      | "diastolic_max"
      | "pulse_max"
      | "spo2_min",
      number
    >
  >;
  dissociation?: DissociationCourse;
  adverse_effects?: { code: string; severity: number }[];
  next_day: { metric: Metric; value: number; n_entries: number }[];
  durability: Durability[];
  caveats: string[];
}
export interface SessionsAnswer extends Answer {
  table: { rows: SessionRow[] };
}

export interface FlashbackWeek {
  from: string;
  to: string;
  count: number;
  observed_days: number;
  rate_per_week?: number;
  ci95_per_week?: Interval;
}
export interface Occasion {
  code: string;
  episodes: number;
  distress_median?: number;
}
export interface FlashbacksAnswer extends Answer {
  flashbacks: {
    total: {
      count: number;
      observed_days: number;
      rate_per_week?: number;
      ci95_per_week?: Interval;
    };
    weeks: FlashbackWeek[];
    by_trigger: Occasion[];
    by_context: Occasion[];
    reports: { episode_days: number; daily_count_days: number; none_today_days: number };
    nightmares: { count: number; observed_days: number; rate_per_week?: number };
  };
}

export type Verdict = "better" | "worse" | "none";
export interface Change {
  change: number;
  reliable?: Verdict;
  meaningful?: Verdict;
}
export interface Score {
  entry_id: string;
  date: string;
  status: "scored" | "incomplete";
  total?: number;
  percent?: number;
  average?: number;
  band?: string;
  prorated: boolean;
  recall_overlaps_previous: boolean;
  from_first?: Change;
  from_previous?: Change;
}
export interface AssessmentAnswer extends Answer {
  assessment: {
    instrument: string;
    scores: Score[];
    constants: { use: "reliable" | "meaningful"; points: number; citation: string }[];
  };
}

export interface WeekdayAnswer extends Answer {
  weekdays: {
    words: string;
    by_weekday: { weekday: number; n_days: number; median?: number }[];
  };
}

export interface KindCoverage {
  kind: string;
  observed_days: number;
  window_days: number;
  coverage: number;
  longest_gap_days: number;
}
export interface CoverageAnswer extends Answer {
  logging: { overall: Omit<KindCoverage, "kind">; kinds: KindCoverage[] };
}

export interface TimelineEvent {
  id: string;
  date: string;
  at: string;
  type: "session" | "assessment" | "note";
  status?: string;
  substance?: string;
  route?: string;
  dose_mg?: number;
}
export interface TimelineAnswer extends Answer {
  events: TimelineEvent[];
}
