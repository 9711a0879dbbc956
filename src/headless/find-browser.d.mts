/** The path of an installed browser, `DUDAK_BROWSER` first; undefined when there is none. */
export function findBrowser(): string | undefined;
/** The path of an installed Firefox, which only tests use, `DUDAK_FIREFOX` first; undefined when there is none. */
export function findFirefox(): string | undefined;
/** Launch options for Playwright. */
export function browserLaunch(options?: { softwareGpu?: boolean }): {
  executablePath?: string;
  args: string[];
};
