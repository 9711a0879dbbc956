import { expect, test } from "vitest";
import { guardedLookup, mayReach, refuseLiteral } from "./public-address.ts";

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.31.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "::ffff:10.0.0.1",
  "::ffff:7f00:1",
  "fe80::1",
  "fe80::1%eth0",
  "fd00::1",
  "ff02::1",
  "64:ff9b::a00:1",
  "2002:a00:1::",
  "2001:db8::1",
  "nonsense",
])("%s is not public", (address) => {
  expect(mayReach(address, "public")).toBe(false);
  expect(mayReach(address, "any")).toBe(true);
});

test.each(["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"])(
  "%s is public",
  (address) => {
    expect(mayReach(address, "public")).toBe(true);
  },
);

test("loopback is reached only where it is allowed", () => {
  expect(mayReach("127.0.0.1", "public-or-loopback")).toBe(true);
  expect(mayReach("::1", "public-or-loopback")).toBe(true);
  expect(mayReach("10.0.0.1", "public-or-loopback")).toBe(false);
});

test.each([
  "http://127.0.0.1/",
  "http://2130706433/",
  "http://0x7f.1/",
  "http://017700000001/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
])("the literal %s is refused in every notation", (url) => {
  expect(() => {
    refuseLiteral(new URL(url), "public");
  }).toThrow(expect.objectContaining({ code: "input/fetch" }));
});

test("a name is refused when any of its addresses is private", async () => {
  const answers = (addresses: string[]) =>
    new Promise<string | undefined>((resolve) => {
      const resolver = (_host: string, _options: unknown, done: (error: null, list: object[]) => void) => {
        done(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        );
      };
      const lookup = guardedLookup("public", resolver as never);
      lookup("name.example", { all: true }, (error) => {
        resolve(error ? (error as Error & { code: string }).code : undefined);
      });
    });
  expect(await answers(["1.1.1.1"])).toBeUndefined();
  expect(await answers(["1.1.1.1", "10.0.0.1"])).toBe("input/fetch");
  expect(await answers([])).toBe("input/fetch");
});
