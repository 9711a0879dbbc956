import { unit } from "../../core/scalar.ts";
import { html, LitElement } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import { icon } from "../icons.ts";
import { segments } from "../panel/parts.ts";
import type { PictureInput } from "../state/studio-state.ts";
import { t } from "../strings.ts";
import { drawShape, maskSize, type MaskShape } from "./face-mask.ts";

type Tool = "brush" | "eraser";

const UNDO_STEPS = 20;
/** Share of the mask's longer side that an arrow key moves the brush. */
const KEY_STEP = 0.012;

/** Paints where the picture may change: white may, black must stay. `done` carries a PNG, or null for an empty mask. */
export class StudioMaskPainter extends LitElement {
  static override properties = {
    picture: { attribute: false },
    everyFace: { attribute: false },
    mask: { attribute: false },
    tool: { state: true },
    size: { state: true },
    cursor: { state: true },
  };
  declare picture: PictureInput;
  /** Whether all faces speak, so that a ready-made shape lies around each. */
  declare everyFace: boolean;
  declare mask: Blob | null;
  declare tool: Tool;
  /** Diameter of the brush in percent of the picture's longer side. */
  declare size: number;
  /** Where the brush is, in fractions of the picture. */
  declare cursor: { x: number; y: number } | null;
  #undo: ImageData[] = [];
  #last: { x: number; y: number } | null = null;
  #context: CanvasRenderingContext2D | null = null;

  constructor() {
    super();
    this.mask = null;
    this.tool = "brush";
    this.size = 6;
    this.cursor = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override async firstUpdated(): Promise<void> {
    const canvas = this.querySelector("canvas")!;
    const { width, height } = maskSize(this.picture);
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    this.#context = context;
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    if (this.mask) {
      const bitmap = await createImageBitmap(this.mask);
      context.drawImage(bitmap, 0, 0, width, height);
      bitmap.close();
    } else {
      this.#shape("lower");
      this.#undo = [];
    }
    canvas.focus();
  }

  #remember(): void {
    const context = this.#context!;
    this.#undo.push(context.getImageData(0, 0, context.canvas.width, context.canvas.height));
    if (this.#undo.length > UNDO_STEPS) this.#undo.shift();
  }

  /** Replaces the mask by a ready-made shape around the chosen face, or around every one. */
  #shape(shape: MaskShape | "none"): void {
    const context = this.#context!;
    this.#remember();
    context.fillStyle = "#000";
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    if (shape === "none") return;
    context.fillStyle = "#fff";
    const { faces, chosen } = this.picture;
    faces?.forEach((face, index) => {
      if (this.everyFace || chosen < 0 || index === chosen) drawShape(context, face, shape);
    });
  }

  #stroke(to: { x: number; y: number }): void {
    const context = this.#context!;
    const { width, height } = context.canvas;
    const from = this.#last ?? to;
    context.strokeStyle = this.tool === "brush" ? "#fff" : "#000";
    context.lineWidth = (Math.max(width, height) * this.size) / 100;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(from.x * width, from.y * height);
    context.lineTo(to.x * width + 0.01, to.y * height);
    context.stroke();
    this.#last = to;
  }

  #place(event: PointerEvent): { x: number; y: number } {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  #down(event: PointerEvent): void {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#remember();
    this.#last = null;
    this.#stroke(this.#place(event));
  }

  #move(event: PointerEvent): void {
    this.cursor = this.#place(event);
    if (event.buttons === 0) return;
    for (const part of event.getCoalescedEvents?.() ?? []) {
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      this.#stroke({ x: (part.clientX - box.left) / box.width, y: (part.clientY - box.top) / box.height });
    }
    this.#stroke(this.cursor);
  }

  #keys(event: KeyboardEvent): void {
    const steps: Record<string, readonly [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const step = steps[event.key];
    const at = this.cursor ?? { x: 0.5, y: 0.5 };
    if (step) {
      const { width, height } = this.#context!.canvas;
      const longer = Math.max(width, height);
      this.cursor = {
        x: unit(at.x + (step[0] * KEY_STEP * longer) / width),
        y: unit(at.y + (step[1] * KEY_STEP * longer) / height),
      };
      if (this.#last) this.#stroke(this.cursor);
    } else if (event.key === " ") {
      if (!event.repeat) {
        this.#remember();
        this.#last = null;
        this.#stroke(at);
      }
    } else if (event.key === "[") this.size = Math.max(1, this.size - 1);
    else if (event.key === "]") this.size = Math.min(25, this.size + 1);
    else if (event.key.toLowerCase() === "x") this.tool = this.tool === "brush" ? "eraser" : "brush";
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #stepBack(): void {
    const previous = this.#undo.pop();
    if (previous) this.#context!.putImageData(previous, 0, 0);
  }

  async #done(): Promise<void> {
    const { canvas } = this.#context!;
    const { data } = this.#context!.getImageData(0, 0, canvas.width, canvas.height);
    const painted = data.some((value, index) => index % 4 === 0 && value > 0);
    const blob = painted
      ? await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"))
      : null;
    this.dispatchEvent(new CustomEvent<Blob | null>("done", { detail: blob }));
  }

  protected override render() {
    const { picture, cursor } = this;
    const ratio = { "--ar": String(picture.width / picture.height) };
    const longer = Math.max(picture.width, picture.height);
    const brush = styleMap({
      left: `${(cursor?.x ?? 0.5) * 100}%`,
      top: `${(cursor?.y ?? 0.5) * 100}%`,
      width: `${(this.size * longer) / picture.width}%`,
    });
    return html`<div class="stage" id="stage" style=${styleMap(ratio)}>
        <div class="meta">
          <span class="name clip">${picture.file.name}</span><span class="clip">${t.mHint()}</span>
        </div>
        <div class="canvas">
          <div class="media" style=${styleMap(ratio)} role="group" aria-label=${t.paint()}>
            <img class="base" src=${picture.shown} alt="" />
            <canvas
              class="base maskveil"
              tabindex="0"
              role="application"
              aria-label=${t.mCanvas()}
              @pointerdown=${this.#down}
              @pointermove=${this.#move}
              @keydown=${this.#keys}
              @keyup=${(event: KeyboardEvent) => {
                if (event.key === " ") this.#last = null;
              }}
            ></canvas>
            <span class="brushring" style=${brush} aria-hidden="true"></span>
          </div>
        </div>
      </div>
      ${this.#toolbar()}`;
  }

  #toolbar() {
    const shapes = [
      ["mouth", t.mMouth()],
      ["lower", t.mLower()],
      ["face", t.mFace()],
      ["none", t.mClear()],
    ] as const;
    return html`<div class="toolbar masktools" role="toolbar" aria-label=${t.paint()}>
      ${segments(
        "masktool",
        t.paint(),
        [
          { value: "brush", label: t.mBrush(), icon: "brush" },
          { value: "eraser", label: t.mErase(), icon: "close" },
        ],
        this.tool,
        (tool: Tool) => (this.tool = tool),
      )}
      <label class="row"
        ><span class="sr">${t.mSize()}</span
        ><input
          type="range"
          min="1"
          max="25"
          .value=${String(this.size)}
          @input=${(event: Event) => (this.size = Number((event.target as HTMLInputElement).value))}
      /></label>
      ${shapes.map(
        ([shape, label]) =>
          html`<button class="btn sm ghost" @click=${() => this.#shape(shape)}>${label}</button>`,
      )}
      <button class="btn sm ghost" aria-label=${t.mUndo()} title=${t.mUndo()} @click=${this.#stepBack}>
        ${icon("redo")}
      </button>
      <button class="btn primary" @click=${() => void this.#done()}>${t.mDone()}</button>
    </div>`;
  }
}

customElements.define("studio-mask-painter", StudioMaskPainter);
