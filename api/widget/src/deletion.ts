/** Something that is deleted when it can no longer be undone: after a while, or when the page is left. */

import type { LitElement, ReactiveController } from "lit";

/** How long a deletion can be undone, in milliseconds. */
const UNDO = 8000;

export class Deletion<T> implements ReactiveController {
  /** What is to be deleted. */
  gone: T | null = null;
  private timer = 0;

  constructor(
    private readonly host: LitElement,
    private readonly carryOut: (gone: T) => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("pagehide", this.commit);
  }

  hostDisconnected(): void {
    window.removeEventListener("pagehide", this.commit);
    this.commit();
  }

  /** Delete something soon; what undoes that has the focus. */
  async begin(gone: T): Promise<void> {
    this.commit();
    this.gone = gone;
    this.timer = window.setTimeout(this.commit, UNDO);
    this.host.requestUpdate();
    await this.host.updateComplete;
    this.host.renderRoot.querySelector<HTMLElement>(".gone button")!.focus();
  }

  undo(): void {
    clearTimeout(this.timer);
    this.gone = null;
    this.host.requestUpdate();
  }

  readonly commit = (): void => {
    const { gone } = this;
    if (gone === null) return;
    this.undo();
    this.carryOut(gone);
  };
}
