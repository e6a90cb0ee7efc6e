/** Server-sent events out of the body of a response. */

export interface ServerEvent {
  name: string;
  data: string;
}

export async function* serverEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let name = "message";
  let data: string[] = [];
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/); // a last \r may be half of a \r\n
      rest = lines.pop()!;
      for (const line of lines) {
        const [, field, content] = /^([^:]*):? ?(.*)$/s.exec(line)!;
        if (field === "event") name = content;
        if (field === "data") data.push(content);
        if (line) continue;
        if (data.length) yield { name, data: data.join("\n") };
        name = "message";
        data = [];
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
