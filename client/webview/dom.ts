/**
 * Making elements without markup strings: text only ever becomes text, so nothing in a trace can become page.
 * No framework: views make their elements once and change them in place.
 */

type Child = Node | string | null | undefined | false;
type Attributes = Readonly<
  Record<string, string | number | boolean | ((event: never) => void) | null | undefined>
>;

function apply(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function')
      element.addEventListener(name.slice(2), value as unknown as EventListener);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** An HTML element. Attributes named `onclick` and the like take a function. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  apply(element, attributes);
  addAll(element, children);
  return element;
}

/** An SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  apply(element, attributes);
  addAll(element, children);
  return element;
}

function addAll(element: Element, children: readonly Child[]): void {
  for (const child of children)
    if (child !== null && child !== undefined && child !== false) element.append(child);
}

/** Replaces what is in `element`. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  addAll(element, children);
}

/** Writes a text if it differs: an unchanged node costs no layout. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Shapes of the buttons, on a 16 x 16 grid, in the current colour. */
const icons = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  stepBack: 'M3 2.5h2v11H3zM13 2.5v11L6 8z',
  stepForward: 'M11 2.5h2v11h-2zM3 2.5v11L10 8z',
  jumpBack: 'M8 2.5v11L1.5 8zM14.5 2.5v11L8 8z',
  jumpForward: 'M1.5 2.5v11L8 8zM8 2.5v11L14.5 8z',
  first: 'M2 2.5h2v11H2zM14 2.5v11L5 8z',
  last: 'M12 2.5h2v11h-2zM2 2.5v11L11 8z',
  zoomIn: 'M7.25 2h1.5v5.25H14v1.5H8.75V14h-1.5V8.75H2v-1.5h5.25z',
  zoomOut: 'M2 7.25h12v1.5H2z',
  fit: 'M2 2h4v1.5H3.5V6H2zM10 2h4v4h-1.5V3.5H10zM2 10h1.5v2.5H6V14H2zM12.5 10H14v4h-4v-1.5h2.5z',
  bookmark: 'M4 2h8v12L8 10.5 4 14z',
} as const;

export type IconName = keyof typeof icons;

/** A button with a shape; its label is its tooltip and what a screen reader says. */
export function iconButton(icon: IconName, label: string, onclick: () => void): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'icon', title: label, 'aria-label': label, onclick });
  setIcon(button, icon);
  return button;
}

/** Changes a button's shape. */
export function setIcon(button: HTMLButtonElement, icon: IconName): void {
  if (button.dataset['icon'] === icon) return;
  button.dataset['icon'] = icon;
  fill(button, svg('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: icons[icon] })));
}
