/** Defines the elements, once however often the script is included. */

import { QuotewiseChat } from "./chat";
import { QuotewiseCollections } from "./collections";
import { QuotewiseComposer } from "./composer";
import { QuotewiseConversations } from "./conversations";
import { QuotewiseDocuments } from "./documents";
import { QuotewisePage } from "./page";
import { QuotewiseResults } from "./results";
import { QuotewiseSource } from "./source";
import { translate } from "./texts";
import { QuotewiseTurn } from "./turn";
import { QuotewiseUploads } from "./uploads";

const elements = {
  "quotewise-page": QuotewisePage,
  "quotewise-source": QuotewiseSource,
  "quotewise-turn": QuotewiseTurn,
  "quotewise-composer": QuotewiseComposer,
  "quotewise-conversations": QuotewiseConversations,
  "quotewise-chat": QuotewiseChat,
  "quotewise-results": QuotewiseResults,
  "quotewise-uploads": QuotewiseUploads,
  "quotewise-collections": QuotewiseCollections,
  "quotewise-documents": QuotewiseDocuments,
};
for (const [name, element] of Object.entries(elements)) {
  if (!customElements.get(name)) customElements.define(name, element);
}
if (document.body?.dataset.texts !== undefined) translate(document);
