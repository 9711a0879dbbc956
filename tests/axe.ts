import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * What axe finds wrong on a page, a line for each element.
 * @param tags of its rules; best practices with `null`.
 */
export async function axeFindings(page: Page, tags: readonly string[] | null = TAGS): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] });
  if (tags) axe.withTags([...tags]);
  // In the page itself: otherwise each look opens another page, which only frames of other origins need.
  const { violations } = await axe.setLegacyMode().analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = "" }) => `${id} ${target.join(" ")} ${failureSummary}`),
  );
}
