/** A client of Afterglow: openapi-fetch over the generated types. */
// guide client
import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { paths, Problem } from "../.generated/api.js";

export type Afterglow = Client<paths>;

/** A refusal of the server; programs read `problem.code`. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

/** A client; `token` is asked for anew at each request, so that a refresh takes hold at once. */
export function afterglow(origin: string, token: () => string | undefined): Afterglow {
  const bearer: Middleware = {
    onRequest({ request }) {
      const value = token();
      if (value !== undefined) request.headers.set("Authorization", `Bearer ${value}`);
      return request;
    },
  };
  const client = createClient<paths>({ baseUrl: origin });
  client.use(bearer);
  return client;
}

/** The answer, or the problem thrown. */
export function answered<T>(result: { data?: T; error?: unknown }): T {
  if (result.data === undefined) throw new Refused(result.error as Problem);
  return result.data;
}
// end
