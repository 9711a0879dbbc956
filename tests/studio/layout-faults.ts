import type { Page } from "playwright";

/**
 * What is wrong with where things lie on a page: it scrolls sideways, a control lies outside the window or over another,
 * or a button's words do not fit into it. What lies on a picture may lie anywhere.
 */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const sideways = document.documentElement.scrollWidth - innerWidth;
    if (sideways > 0) faults.push(`scrolls sideways by ${String(sideways)} px`);

    /** The part of an element that its scrolling and cutting ancestors leave to be seen. */
    const seen = (element: Element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      const box = { left, top, right, bottom };
      for (let around = element.parentElement; around; around = around.parentElement) {
        if (getComputedStyle(around).overflow === "visible") continue;
        const edge = around.getBoundingClientRect();
        box.left = Math.max(box.left, edge.left);
        box.top = Math.max(box.top, edge.top);
        box.right = Math.min(box.right, edge.right);
        box.bottom = Math.min(box.bottom, edge.bottom);
      }
      return box;
    };
    /** What stays in place while the rest scrolls beneath it, which it may cover. */
    const layerOf = (element: Element) => {
      let around: Element | null = element;
      while (around && !/sticky|fixed/.test(getComputedStyle(around).position)) around = around.parentElement;
      return around;
    };
    const nameOf = (element: Element) =>
      `<${element.localName}> "${(element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40)}"`;
    const controls = [...document.querySelectorAll("button, a[href], input, select, textarea, summary")]
      .filter((each) => each.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }))
      .filter((each) => !each.closest(".media, .menu, .toast, .skip"))
      .map((element) => ({ element, box: seen(element), layer: layerOf(element) }))
      .filter(({ box }) => box.right - box.left > 1 && box.bottom - box.top > 1);
    for (const [index, { element, box, layer }] of controls.entries()) {
      if (box.left < -1 || box.right > innerWidth + 1) faults.push(`${nameOf(element)} lies outside`);
      if (element.localName === "button" && element.scrollWidth > element.clientWidth + 1) {
        faults.push(`${nameOf(element)} is too narrow for its words`);
      }
      for (const { element: other, box: its, layer: above } of controls.slice(index + 1)) {
        if (layer !== above) continue;
        const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
        const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
        if (across > 2 && down > 2 && !element.contains(other) && !other.contains(element)) {
          faults.push(`${nameOf(element)} and ${nameOf(other)} overlap`);
        }
      }
    }
    return faults;
  });
}
