/** A service over HTTP for browsers and Node: requests and responses as its OpenAPI document has them. */

import { Operations, type Call, type Citation, type Problem } from "./operations.js";

export type * from "./operations.js";

/** A request that was refused or failed; `problem` is as of RFC 9457, of status 0 where the service does not answer. */
export class ServiceError extends Error {
  constructor(
    readonly problem: Problem,
    /** Seconds after which the request may be sent again, where the service says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail);
    this.name = "ServiceError";
  }
}

/** Every method rejects with a ServiceError. */
export class Client extends Operations {
  private readonly base: URL;

  constructor(
    url: string | URL = "http://127.0.0.1:8000",
    private readonly key: string | null = null,
  ) {
    super();
    this.base = new URL(`${url}`.replace(/\/*$/, "/"));
  }

  /** The address of the page that shows a quote marked in its document. */
  link({ document, start, end }: Pick<Citation, "document" | "start" | "end">): string {
    return new URL(`documents/${document.id}/view?start=${start}&end=${end}&sha256=${document.sha256.slice(0, 16)}`, this.base).href;
  }

  protected async send<T>(call: Call): Promise<T> {
    const response = await this.request(call, {});
    const type = response.headers.get("Content-Type") ?? "";
    if (response.status === 204) return null as T;
    if (type.startsWith("application/json")) return response.json();
    if (!type.startsWith("text/")) return (await response.blob()) as T;
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // text() swallows a first U+FEFF, and moves every offset
    return decoder.decode(await response.arrayBuffer()) as T;
  }

  protected async *events<T>(call: Call): AsyncGenerator<T> {
    const reader = (await this.request(call, { Accept: "text/event-stream" })).body!.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const whole = (rest + decoder.decode(part.value, { stream: true })).split(/\r?\n\r?\n/);
        rest = whole.pop()!;
        for (const event of whole) {
          const fields = new Map(event.split(/\r?\n/).map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
          if (!fields.has("data")) continue;
          const data = JSON.parse(fields.get("data")!);
          if (fields.get("event") === "error") throw new ServiceError(data);
          yield { name: fields.get("event"), data } as T;
        }
      }
    } finally {
      await reader.cancel(); // so that the service stops, too
    }
  }

  private async request({ method, path, parameters = {}, query = {}, headers = {}, body, content, signal }: Call, more: object): Promise<Response> {
    const named = path.replace(/\{(\w+)\}/g, (_, name) => `${parameters[name]}`.split("/").map(encodeURIComponent).join("/"));
    const url = new URL(named.slice(1), this.base);
    for (const [name, value] of Object.entries(query)) if (value != null) url.searchParams.set(name, `${value}`);
    const type = body ? "application/json" : content ? "application/octet-stream" : null;
    const sent = { ...headers, ...more, ...(type && { "Content-Type": type }), ...(this.key && { Authorization: `Bearer ${this.key}` }) };
    let response: Response;
    try {
      response = await fetch(url, { method, headers: sent, body: body ? JSON.stringify(body) : content, signal });
    } catch (error) {
      if ((error as Error).name === "AbortError") throw error;
      throw new ServiceError(problem("unreachable", `${this.base} does not answer: ${error}`, 0));
    }
    if (response.ok) return response;
    const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    const found = await response.json().catch(() => null);
    const known = typeof found?.detail === "string" ? (found as Problem) : problem("unknown-response", `${url} answers ${response.status}`, response.status);
    throw new ServiceError(known, Number.isNaN(wait) ? null : wait);
  }
}

const problem = (kind: string, detail: string, status: number): Problem => ({ type: `urn:quotewise:problem:${kind}`, title: kind, status, detail, instance: "" });
