/** The platform's formatters. One is dear to make and free to keep, and the screens format some hundred figures a second. */

const dates = new Map<string, Intl.DateTimeFormat>();
const numbers = new Map<string, Intl.NumberFormat>();

function kept<F>(known: Map<string, F>, locale: string, options: object, make: () => F): F {
  const key = `${locale} ${JSON.stringify(options)}`;
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

/** A formatter of moments, made once; `locale` is the operator's unless another is named. */
export const dateFormat = (options: Intl.DateTimeFormatOptions, locale = navigator.language) =>
  kept(dates, locale, options, () => new Intl.DateTimeFormat(locale, options));

/** A formatter of numbers, made once; `locale` is the operator's unless another is named. */
export const numberFormat = (options: Intl.NumberFormatOptions, locale = navigator.language) =>
  kept(numbers, locale, options, () => new Intl.NumberFormat(locale, options));
