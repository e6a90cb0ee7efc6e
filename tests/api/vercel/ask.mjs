// Asks a service through the Vercel SDK, and prints what came of it as JSON: node ask.mjs BASE_URL MODEL QUESTION
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";

const [baseURL, model, question] = process.argv.slice(2);
const provider = createOpenAICompatible({ name: "quotewise", baseURL, includeUsage: true });
const asked = {
  model: provider(model),
  maxRetries: 0,
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "What happened?" },
    { role: "assistant", content: "Nothing. [1]" },
    { role: "user", content: [{ type: "text", text: question }] },
  ],
};

try {
  const whole = await generateText(asked);
  const parts = [];
  const stream = streamText({ ...asked, onError: ({ error }) => { throw error; } });
  for await (const part of stream.textStream) parts.push(part);
  console.log(JSON.stringify({
    text: whole.text,
    finishReason: whole.finishReason,
    parts,
    streamedFinishReason: await stream.finishReason,
    outputTokens: [whole.usage.outputTokens, (await stream.usage).outputTokens],
  }));
} catch (error) {
  console.log(JSON.stringify({ name: error.name, statusCode: error.statusCode, message: error.message }));
}
