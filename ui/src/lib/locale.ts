/**
 * The language that dates and numbers are written in.
 *
 * WebKitGTK under `LANG=C.UTF-8` reports the language "C", with which every `Intl` constructor throws; one
 * chart library breaks while it is being loaded. So this runs before any other module: see `main.ts`.
 */

const FALLBACK = "en-GB";

/** The first language that `Intl` accepts, or British English. */
export function usableLocale(candidates: readonly (string | undefined)[]): string {
  for (const candidate of candidates) {
    const tag = candidate?.split(".")[0]?.replaceAll("_", "-");
    if (!tag) continue;
    try {
      const [canonical] = Intl.getCanonicalLocales(tag);
      if (canonical && Intl.NumberFormat.supportedLocalesOf([canonical]).length > 0) return canonical;
    } catch {
      // Not a language tag ("C", "POSIX"): the next one may be.
    }
  }
  return FALLBACK;
}

/** Makes `navigator.language` a language that `Intl` accepts, and returns it. */
export function normaliseLocale(nav: Navigator = navigator): string {
  const locale = usableLocale([nav.language, ...(nav.languages ?? [])]);
  if (nav.language !== locale) {
    Object.defineProperty(nav, "language", { configurable: true, get: () => locale });
    Object.defineProperty(nav, "languages", { configurable: true, get: () => [locale] });
  }
  return locale;
}
