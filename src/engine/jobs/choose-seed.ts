import { EngineError } from "../../job/errors.ts";

/**
 * The seed to use: the asked one, or one drawn at random when it is absent or −1.
 * @throws EngineError `input/field` when it is not an integer.
 */
export function chooseSeed(asked: number | undefined): number {
  if (asked !== undefined && !Number.isSafeInteger(asked)) {
    throw new EngineError("input/field", `seed must be an integer, not ${String(asked)}.`);
  }
  return asked === undefined || asked === -1 ? crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1 : asked;
}
