/// <reference lib="dom" />

/** The first that matches, which has to be there. */
export function find<Found extends Element = HTMLElement>(
  within: Element,
  selector: string,
): Found {
  const found = within.querySelector<Found>(selector);
  if (found === null) throw new Error(`expected an element ${selector}, got none`);
  return found;
}
