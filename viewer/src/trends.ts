/** The trend summary as the server wrote it. The page draws these numbers and makes no others. */
import type {
  Answer,
  AssessmentAnswer,
  CoverageAnswer,
  DailyAnswer,
  FlashbacksAnswer,
  Metric,
  ResponseAnswer,
  SessionsAnswer,
  SlopeAnswer,
  SummaryAnswer,
  TimelineAnswer,
  WeekdayAnswer,
} from "./answers.ts";
import { keptOnly } from "./kept.ts";

export type * from "./answers.ts";

export interface Scope {
  kinds: string[];
  from?: string;
  to?: string;
  last_days?: number;
  include_notes?: boolean;
  include_signals?: boolean;
  include_assessment_item_answers?: boolean;
}

/** The document; a member whose kinds are not shared is absent. */
export interface Trends {
  format: "afterglow-trends";
  version: 1;
  generated_at: string;
  mode: "snapshot" | "live";
  scope: Scope;
  time_zone: string;
  not_monitored: true;
  caveats: string[];
  summary?: SummaryAnswer;
  daily?: DailyAnswer[];
  slopes?: SlopeAnswer[];
  session_response?: ResponseAnswer[];
  sessions?: SessionsAnswer;
  flashbacks?: FlashbacksAnswer;
  assessments?: AssessmentAnswer[];
  weekday?: WeekdayAnswer[];
  coverage?: CoverageAnswer;
  timeline?: TimelineAnswer;
}

/** The document, or null where this is another format or a version of the future. */
export function readTrends(text: string): Trends | null {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null) return null;
    const { format, version } = read as Partial<Trends>;
    if (format !== "afterglow-trends" || version !== 1) return null;
    return keptOnly(sharedOnly(read as Trends));
  } catch {
    return null;
  }
}

const KIND_OF = new Map<Metric, string>([
  ["mood", "mood"],
  ["anxiety", "anxiety"],
  ["anxiety_peak", "anxiety"],
  ["flashback_count", "flashback"],
  ["flashback_distress", "flashback"],
  ["nightmares", "flashback"],
  ["dissociation_peak", "dissociation"],
]);

/**
 * Two answers list every metric and every kind, whatever is shared. What is not shared is no day
 * without an entry, so it must not stand there as one.
 */
function sharedOnly(trends: Trends): Trends {
  const { summary, coverage, scope } = trends;
  const shared = (kind?: string): boolean => kind !== undefined && scope.kinds.includes(kind);
  const found = { ...trends };
  if (summary) {
    const metrics = summary.metrics.filter(({ metric }) => shared(KIND_OF.get(metric)));
    found.summary = { ...summary, metrics };
  }
  if (coverage) {
    const kinds = coverage.logging.kinds.filter(({ kind }) => shared(kind));
    found.coverage = { ...coverage, logging: { ...coverage.logging, kinds } };
  }
  return found;
}

const DRAWN: Metric[] = ["mood", "anxiety", "flashback_count"];

/** Whether an answer is about one of the metrics that have charts of their own. */
export function isDrawn({ metric }: Answer): boolean {
  return metric !== undefined && DRAWN.includes(metric);
}

/** The answer about one metric out of a list of answers. */
export function about<A extends Answer>(answers: A[] | undefined, metric: Metric): A | undefined {
  return answers?.find((answer) => answer.metric === metric);
}
