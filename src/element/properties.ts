import { LitElement } from "lit";
import type { Latency } from "../engine/lip-sync.ts";
import type { Backend, JobProgress, OutputFormat } from "../job/job.ts";
import type { ElementMedia } from "./element-request.ts";
import type { VoiceProperty } from "./parts.ts";

/** What can be set on `<lip-sync>`, and what it shows of itself. */
export class LipSyncProperties extends LitElement {
  static override properties = {
    image: {},
    video: {},
    audio: {},
    leftAudio: { attribute: "left-audio" },
    rightAudio: { attribute: "right-audio" },
    order: {},
    resolution: {},
    maskImage: { attribute: "mask-image" },
    prompt: {},
    seed: { type: Number },
    backend: {},
    format: {},
    name: { reflect: true },
    label: {},
    ratio: { type: Number },
    live: { type: Boolean, reflect: true },
    microphone: { type: Boolean, reflect: true },
    latency: {},
    latestProgress: { state: true, attribute: false },
    errorMessage: { state: true, attribute: false },
    recording: { state: true, attribute: false },
    aperture: { state: true, attribute: false },
    blocked: { state: true, attribute: false },
    facing: { state: true, attribute: false },
  };
  /** The picture: an address, or in JavaScript a file. */
  declare image: ElementMedia | null;
  /** The video, in place of a picture. */
  declare video: ElementMedia | null;
  /** The voice. */
  declare audio: ElementMedia | null;
  /** The voice of the person on the left; with `rightAudio`, in place of `audio`. */
  declare leftAudio: ElementMedia | null;
  /** The voice of the person on the right. */
  declare rightAudio: ElementMedia | null;
  /** Who speaks when, with two voices. */
  declare order: "meanwhile" | "left_right" | "right_left" | null;
  /** Length of the output's shorter side. */
  declare resolution: "480p" | "720p" | null;
  /** White may change, black must stay. */
  declare maskImage: ElementMedia | null;
  /** Style guidance. */
  declare prompt: string | null;
  /** The same seed gives the same frames. */
  declare seed: number | null;
  /** Where the networks run; the engine chooses when absent. */
  declare backend: Backend | null;
  /** Container of the result. */
  declare format: OutputFormat | null;
  /** Name of the result in a form. */
  declare name: string | null;
  /** What the picture shows, for people who do not see it. */
  declare label: string | null;
  /** Width divided by height of the stage; the page does not move when the picture arrives. */
  declare ratio: number;
  /** A player: the face is prepared as soon as it is seen and stays alive; no controls but play and stop. */
  declare live: boolean;
  /** A player with a button that follows the microphone; permission is asked for when it is pressed. */
  declare microphone: boolean;
  /** How much a voice that is still being spoken is heard ahead: `"quality"` when null, or `"low"` for calls. */
  declare latency: Latency | null;
  declare protected latestProgress: JobProgress | null;
  declare protected errorMessage: string | null;
  declare protected recording: VoiceProperty | null;
  declare protected aperture: readonly (Float32Array | null)[];
  declare protected blocked: boolean;
  /** Whether the stage shows the live face, where there is one, instead of the result. */
  declare protected facing: boolean;

  constructor() {
    super();
    this.image = this.video = this.audio = this.leftAudio = this.rightAudio = this.maskImage = null;
    this.order = this.resolution = this.prompt = this.seed = null;
    this.backend = this.format = this.name = this.label = null;
    this.ratio = 1;
    this.live = this.microphone = this.blocked = this.facing = false;
    this.latency = null;
    this.latestProgress = this.errorMessage = this.recording = null;
    this.aperture = [];
  }
}
