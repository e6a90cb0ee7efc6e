/** Where files are dropped or picked, and how far each of them is on its way into the index. */

import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { ServiceElement } from "./element";
import * as icons from "./icons";
import { shared } from "./styles";
import { shown } from "./text";
import { Uploading, dropped, pick, type Picked, type Upload } from "./uploading";

/** Rows that are shown; what needs the reader comes first. */
const ROWS = 50;
const ORDER: Upload["state"][] = ["refused", "sending", "indexing", "waiting", "added"];

export class QuotewiseUploads extends ServiceElement {
  static styles = [shared, css`
    .zone {
      display: flex;
      flex-wrap: wrap;
      gap: 0.375rem;
      align-items: center;
    }
    .zone.empty,
    .zone.over {
      justify-content: center;
      padding: 1.25rem 0.75rem;
      border: 1px dashed var(--accent);
      border-radius: var(--radius);
      text-align: center;
    }
    .zone.over {
      background: var(--tint);
    }
    .zone > :not(button) {
      flex: 1 1 100%;
    }
    .progress {
      display: grid;
      gap: 0.375rem;
      margin-block-start: 0.75rem;
    }
    .sum {
      font-size: 0.8125rem;
    }
    ul {
      max-block-size: 16rem;
      overflow: auto;
      font-size: 0.8125rem;
    }
    li {
      padding-block: 0.25rem;
      border-block-start: 1px solid var(--border);
    }
    progress {
      display: block;
      inline-size: 100%;
      block-size: 0.375rem;
      accent-color: var(--accent);
    }
    .refusal {
      color: var(--warning);
    }
  `];

  /** The largest file that the service takes, in bytes. */
  @property({ attribute: false }) largest = Infinity;
  /** Whether there is nothing yet, so that documents are asked for. */
  @property({ attribute: false }) empty = false;
  /** Where files can be dropped. */
  @property({ attribute: false }) area: EventTarget = this;

  @state() private over = false;
  @state() private problem = "";

  private uploading = new Uploading(
    () => this.service,
    () => this.texts,
    (finished) => {
      if (finished?.problem) this.problemOf(finished.problem);
      if (finished?.state === "added") this.dispatchEvent(new CustomEvent("quotewise-added", { detail: finished.document }));
      this.requestUpdate();
    },
  );

  disconnectedCallback(): void {
    super.disconnectedCallback();
    this.listen(this.area, "removeEventListener");
    window.removeEventListener("beforeunload", this.leaving);
  }

  protected willUpdate(changed: PropertyValues): void {
    if (!changed.has("area")) return;
    const before = changed.get("area") as EventTarget | undefined;
    if (before) this.listen(before, "removeEventListener");
    this.listen(this.area, "addEventListener");
    window.addEventListener("beforeunload", this.leaving);
  }

  protected again(): void {
    for (const upload of this.uploading.uploads) if (upload.problem?.status === 401) this.uploading.again(upload);
  }

  /** Put a file in the place of the document of a path. */
  replace(path: string, file: File): void {
    this.add([{ path, file }], true);
  }

  private listen(area: EventTarget, act: "addEventListener" | "removeEventListener"): void {
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) area[act](name, this.dragged as EventListener);
  }

  private dragged = (event: DragEvent): void => {
    const { dataTransfer } = event;
    if (!dataTransfer?.types.includes("Files")) return; // but a text
    event.preventDefault();
    if (event.type === "dragleave" && event.relatedTarget) return; // from one part to another
    this.over = event.type === "dragenter" || event.type === "dragover";
    dataTransfer.dropEffect = "copy";
    if (event.type === "drop") void this.take(dropped(dataTransfer));
  };

  private leaving = (event: BeforeUnloadEvent): void => {
    if (this.uploading.busy) event.preventDefault();
  };

  private async take(picked: Promise<Picked[]>): Promise<void> {
    this.problem = "";
    try {
      this.add(await picked);
    } catch {
      this.problem = this.texts.unreadableFile;
    }
  }

  private add(picked: Picked[], replace = false): void {
    this.uploading.add(picked, this.collection!, this.largest, replace);
  }

  render(): TemplateResult {
    const { texts, over, empty, uploading } = this;
    return html`<div class="zone ${empty ? "empty" : ""} ${over ? "over" : ""}">
        ${over ? html`<strong>${texts.dropNow}</strong>` : empty ? html`<strong>${texts.dropHere}</strong><p class="muted">${texts.dropKinds}</p>` : nothing}
        <button class=${empty ? "primary" : "outlined"} @click=${() => this.take(pick({ multiple: true }))}>${icons.add}${texts.addDocuments}</button>
        <button @click=${() => this.take(pick({ webkitdirectory: true }))}>${texts.addFolder}</button>
      </div>
      ${this.keyNeeded ? this.keyForm() : this.problem ? html`<p class="refusal" role="alert">${this.problem}</p>` : nothing}
      ${uploading.uploads.length ? this.progress() : nothing}`;
  }

  private progress(): TemplateResult {
    const { texts, uploading } = this;
    const { uploads, busy } = uploading;
    const refused = uploads.filter(({ state, problem }) => state === "refused" && problem?.kind !== "precondition-failed");
    const rows = [...uploads].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state)).slice(0, ROWS);
    const told = busy || uploading.count("refused") > 0;
    return html`<section class="progress" aria-label=${texts.uploads}>
      <div class="bar sum">
        <span aria-live="polite">${busy ? texts.uploadsGoing(uploading.count("added", "refused"), uploads.length) : texts.uploadsDone(uploading.count("added"), uploading.count("refused"))}</span>
        ${busy
          ? html`<button @click=${() => uploading.forget()}>${texts.stop}</button>`
          : html`<button class="icon" aria-label=${texts.close} title=${texts.close} @click=${() => uploading.forget()}>${icons.close}</button>`}
      </div>
      ${refused.length > 1 && !busy ? html`<button class="outlined" @click=${() => refused.forEach((upload) => uploading.again(upload))}>${texts.tryAllAgain}</button>` : nothing}
      ${told ? html`<ul tabindex="0" aria-label=${texts.uploads}>${rows.map((upload) => this.row(upload))}</ul>` : nothing}
      ${told && uploads.length > ROWS ? html`<p class="muted">${texts.andMore(uploads.length - ROWS)}</p>` : nothing}
    </section>`;
  }

  private row(upload: Upload): TemplateResult {
    const { texts, uploading } = this;
    const { path, state, sent, problem } = upload;
    const taken = problem?.kind === "precondition-failed";
    return html`<li class="break">
      <bdi>${shown(path)}</bdi> <span class="muted">${state === "refused" ? nothing : texts.uploadStates[state]}</span>
      ${state === "sending" || state === "indexing"
        ? html`<progress aria-label=${texts.uploadOf(path)} value=${state === "sending" ? sent : nothing}></progress>`
        : nothing}
      ${problem
        ? html`<p class="refusal">${shown(taken ? texts.nameTaken : problem.message)}</p>
            <button class="outlined" aria-label=${texts.nOfConversation(taken ? texts.replace : texts.tryAgain, path)} @click=${() => uploading.again(upload, taken)}>${taken ? texts.replace : texts.tryAgain}</button>
            <button aria-label=${texts.nOfConversation(texts.leaveOut, path)} @click=${() => uploading.forget(upload)}>${texts.leaveOut}</button>`
        : nothing}
    </li>`;
  }
}
