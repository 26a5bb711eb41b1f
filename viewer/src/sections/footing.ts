/** How the numbers were made, and what to bear in mind. */
import { h } from "../dom.ts";
import { instrumentOf } from "../instruments.ts";
import { type Answer, isDrawn, type Trends } from "../trends.ts";
import { caveatWords, codeWords, methodWords } from "../words.ts";
import { card } from "./parts.ts";

/** Caveats of what is drawn, each with what it is about; and the methods with their versions. */
export function footing(trends: Trends): HTMLElement {
  const answers = answersOf(trends);
  return card(
    "To bear in mind",
    null,
    h("ul", { class: "caveats" }, ...caveatsOf(answers)),
    h(
      "p",
      { class: "citation" },
      "Sentences in quotation marks are the journal\u2019s own words to the patient. ",
      "All trends were computed by the service from the shared entries alone; ",
      `this page draws them. ${methodsOf(answers)}`,
    ),
  );
}

/** "Methods, version 1: coverage, Theil\u2013Sen slope."; a sentence for each version. */
function methodsOf(answers: About[]): string {
  const names = new Map<string, Set<string>>();
  for (const [, { method }] of answers) {
    const found = names.get(method.version) ?? new Set();
    names.set(method.version, found.add(methodWords(method.name)));
  }
  const sentences = [...names].map(([version, found]) => {
    return `Methods, version ${version}: ${[...found].join(", ")}.`;
  });
  return sentences.join(" ");
}

type About = [subject: string, answer: Answer];

function caveatsOf(answers: About[]): HTMLElement[] {
  const subjects = new Map<string, Set<string>>();
  for (const [subject, { caveats }] of answers) {
    for (const caveat of caveats) {
      subjects.set(caveat, (subjects.get(caveat) ?? new Set()).add(subject));
    }
  }
  // It speaks of correlations, which this page leaves to the raw data.
  subjects.delete("not_cause");
  return [...subjects].map(([caveat, found]) =>
    h("li", {}, h("span", { class: "about" }, [...found].join(", ")), ` ${caveatWords(caveat)}`),
  );
}

function answersOf(trends: Trends): About[] {
  const { summary, sessions, flashbacks, coverage, timeline } = trends;
  const { daily = [], slopes = [], session_response: responses = [], weekday = [] } = trends;
  const metrics: Answer[] = [...daily, ...slopes, ...responses, ...weekday].filter(isDrawn);
  return [
    ...alone("Summary", summary),
    ...metrics.map((answer): About => [codeWords(answer.metric ?? ""), answer]),
    ...alone("Flashbacks", flashbacks),
    ...alone("Sessions", sessions),
    ...(trends.assessments ?? []).map((answer): About => {
      return [instrumentOf(answer.assessment.instrument, 0).name, answer];
    }),
    ...alone("Journal", coverage),
    ...alone("Over time", timeline),
  ];
}

function alone(subject: string, answer: Answer | undefined): About[] {
  return answer ? [[subject, answer]] : [];
}
