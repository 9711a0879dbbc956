/** A listener that the second click of a double click does not call: it may fall on what took the first one's place. */
export const onFirstClick = (press: () => void) => (event: MouseEvent) => {
  if (event.detail < 2) press();
};
