/** The theme's colours for canvases, which cannot use custom properties. */

const known = new Map<string, string>();
let theme: string | undefined;

/** The value of a custom property of the page, such as `--line`; looked up once for each theme. */
export function token(name: string): string {
  const { documentElement: root } = document;
  if (theme !== root.dataset.theme) known.clear();
  theme = root.dataset.theme;
  const found = known.get(name) ?? getComputedStyle(root).getPropertyValue(name).trim();
  known.set(name, found);
  return found;
}
