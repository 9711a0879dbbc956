import { expect, test } from "vitest";
import { keyAction } from "./keyboard.ts";

const press = (key: string, more: Partial<{ ctrlKey: boolean; metaKey: boolean; altKey: boolean }> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

test("single keys act outside fields only, and can be switched off", () => {
  expect(keyAction(press("k"), false, true)).toBe("play");
  expect(keyAction(press("k"), true, true)).toBeNull();
  expect(keyAction(press("k"), false, false)).toBeNull();
});

test("Escape and Ctrl+Enter act everywhere", () => {
  expect(keyAction(press("Escape"), true, false)).toBe("escape");
  expect(keyAction(press("Enter", { metaKey: true }), true, false)).toBe("generate");
});

test("Ctrl+Z undoes a deletion outside fields, where it is the field's own", () => {
  expect(keyAction(press("z", { ctrlKey: true }), false, false)).toBe("undo");
  expect(keyAction(press("z", { ctrlKey: true }), true, true)).toBeNull();
  expect(keyAction(press("z"), false, true)).toBeNull();
});

test("the browser's own shortcuts are left alone", () => {
  expect(keyAction(press("r", { ctrlKey: true }), false, true)).toBeNull();
  expect(keyAction(press("d", { altKey: true }), false, true)).toBeNull();
});
