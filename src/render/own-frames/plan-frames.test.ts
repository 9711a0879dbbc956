import { expect, test } from "vitest";
import { REST_POSE } from "../../core/mouth.ts";
import type { OwnLook } from "./library.ts";
import { NO_OWN, planOwnFrames, type Candidate, type WantedMouth } from "./plan-frames.ts";

const plain = {
  width: 0.8,
  upper: 0.1,
  lower: 0.18,
  opening: 0,
  teeth: 0,
  yawDeg: 0,
  pitchDeg: 0,
  logScale: 2,
};
const lit = { red: 5, green: 4.6, blue: 4.4 };
const own = (
  frame: number,
  gap: number,
  { said = null, ...more }: Partial<OwnLook & Pick<Candidate, "said">> = {},
  shut: number | null = gap < 0.01 ? 0 : null,
  odd = 1,
): Candidate => ({
  look: { ...plain, ...lit, frame, gap, sharpness: 1, covered: 0, ...more },
  said,
  shut,
  odd,
});
const want = (place: number, gap: number, more: Partial<WantedMouth> = {}): WantedMouth => ({
  ...plain,
  ...lit,
  place,
  gap,
  said: REST_POSE,
  shut: gap < 0.01,
  ...more,
});
const plan = (
  candidates: readonly Candidate[],
  wanted: readonly WantedMouth[],
  mayUse: (exemplar: number, frame: number) => boolean = () => true,
) =>
  [...planOwnFrames(candidates, wanted, 1, mayUse)].map((index) =>
    index === NO_OWN ? null : candidates[index]!.look.frame,
  );

test("each mouth takes the frame that shows it, and a frame shut out is no exemplar", () => {
  const candidates = [own(10, 0), own(40, 0.06), own(80, 0.15)];
  const wanted = [want(0, 0.15), want(1, 0), want(2, 0.06)];
  expect(plan(candidates, wanted)).toEqual([80, 10, 40]);
  expect(plan(candidates, wanted, (exemplar) => exemplar !== 10)[1]).toBeNull();
});

test("lips that must be shut take no narrow frame whose line shows an opening", () => {
  expect(plan([own(10, 0.005, {}, null), own(40, 0.1)], [want(0, 0), want(1, 0)])).toEqual([null, null]);
});

test("of two shut mouths the one with the usual line is taken, though the other one fits a little better", () => {
  const streaked = own(10, 0, {}, 0.9);
  expect(plan([streaked, own(90, 0.004, { pitchDeg: 5 })], [want(0, 0), want(1, 0)])).toEqual([90, 90]);
  expect(plan([streaked, own(90, 0.1)], [want(0, 0)])).toEqual([10]);
});

test("a clip of a shut mouth is not torn open", () => {
  expect(plan([own(10, 0), own(20, 0.004)], [want(0, 0.14)])).toEqual([null]);
});

test("a run of the video is taken whole although single frames of others fit a little better", () => {
  const run = [0.03, 0.07, 0.12, 0.08].map((gap, i) => own(50 + i, gap + 0.004));
  const single = [0.03, 0.07, 0.12, 0.08].map((gap, i) => own(100 + 30 * i, gap + 0.003));
  const wanted = [0.03, 0.07, 0.12, 0.08].map((gap, i) => want(i, gap));
  expect(plan([...single, ...run], wanted)).toEqual([50, 51, 52, 53]);
});

test("of two like mouths the one in the frame's own light is taken", () => {
  const dark = own(10, 0.08, { red: 4.2, green: 3.9, blue: 3.6 });
  expect(plan([dark, own(90, 0.085)], [want(0, 0.08)])).toEqual([90]);
});

test("lips that rest take a like frame in which they rest, not a blurred one in which they move", () => {
  const moving = own(10, 0.08, { opening: 0.06 });
  expect(plan([moving, own(90, 0.106)], [want(0, 0.08)])).toEqual([90]);
  expect(plan([moving, own(90, 0.106)], [want(0, 0.08, { opening: 0.06 })])).toEqual([10]);
});

test("an f takes a frame in which the person says f, though another one is as open", () => {
  const f = { ...REST_POSE, labiodental: 1 };
  const parted = own(10, 0.03, { said: REST_POSE });
  const biting = own(90, 0.034, { said: f });
  expect(plan([parted, biting], [want(0, 0.03, { said: f })])).toEqual([90]);
  expect(plan([parted, biting], [want(0, 0.03)])).toEqual([10]);
});

test("a mouth that is open enough is taken before one that says the same and would have to be torn open", () => {
  const oo = { ...REST_POSE, round: 1, tongue: 1 };
  const narrow = own(10, 0.05, { said: oo });
  const open = own(90, 0.11, { said: REST_POSE });
  expect(plan([narrow, open], [want(0, 0.12, { said: oo })])).toEqual([90]);
  expect(plan([narrow, open], [want(0, 0.055, { said: oo })])).toEqual([10]);
});

test("of two like mouths the one is taken that looks as such mouths do, not one that a codec has stained", () => {
  const stained = own(10, 0.08, {}, null, 1.7);
  expect(plan([stained, own(90, 0.09)], [want(0, 0.08)])).toEqual([90]);
  expect(plan([own(10, 0.08, {}, null, 1.1), own(90, 0.09)], [want(0, 0.08)])).toEqual([10]);
});
