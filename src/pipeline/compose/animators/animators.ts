import type { AnimatorChoice, Scene } from "../../../worker-rpc/scene.ts";
import type { Animator, AnimatorContext } from "../animator.ts";
import type { OpenSource } from "../sources/open-source.ts";
import { animateOwnPicture } from "./own-picture.ts";
import { animateOwnVideo } from "./own-video.ts";

type SourceScene = Scene["source"];
type Kind = SourceScene["kind"];
type Chosen<K extends AnimatorChoice["kind"]> = Extract<AnimatorChoice, { kind: K }>;

/** Prepares an animator of one kind for a source of one kind. */
type Open<K extends AnimatorChoice["kind"], S extends Kind> = (
  scene: Extract<SourceScene, { kind: S }>,
  source: Extract<OpenSource, { kind: S }>,
  choice: Chosen<K>,
  context: AnimatorContext,
) => Animator | Promise<Animator>;

/** Fetched only where a lip model is brought. */
const lipModel = () => import("./lip-model.ts");

/**
 * Every animator, by its kind in `AnimatorChoice` and the kind of source that it draws on. A new animator is an entry
 * here and a kind there.
 */
const ANIMATORS: { readonly [K in AnimatorChoice["kind"]]: { readonly [S in Kind]: Open<K, S> } } = {
  "own-lips": {
    picture: (scene, source, _choice, context) => animateOwnPicture(scene, source, context),
    video: (scene, source, _choice, context) => animateOwnVideo(scene, source, context),
  },
  "lip-model": {
    picture: async (...given) => (await lipModel()).animateModelPicture(...given),
    video: async (...given) => (await lipModel()).animateModelVideo(...given),
  },
};

/**
 * Prepares the animator that a scene asks for.
 * @throws EngineError `input/no-face`, `input/face-…`, `codec/failed`, `job/cancelled`.
 */
export async function openAnimator(source: OpenSource, context: AnimatorContext): Promise<Animator> {
  const { animator, source: scene } = context.scene;
  // A scene and the source opened from it are of one kind, which the compiler cannot see.
  const open = ANIMATORS[animator.kind][scene.kind] as Open<AnimatorChoice["kind"], Kind>;
  return open(scene as never, source as never, animator as never, context);
}
