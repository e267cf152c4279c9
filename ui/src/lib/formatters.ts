/**
 * The platform's formatters. One is dear to make and free to keep, and the screens format some hundred figures a second.
 * The options are known by identity: callers name theirs once, as a constant.
 */

const dates = new WeakMap<Intl.DateTimeFormatOptions, Intl.DateTimeFormat>();
const numbers = new WeakMap<Intl.NumberFormatOptions, Intl.NumberFormat>();

function kept<O extends object, F>(known: WeakMap<O, F>, options: O, make: () => F): F {
  const found = known.get(options) ?? make();
  known.set(options, found);
  return found;
}

/** A formatter of moments, made once; in the operator's language unless another is named. */
export const dateFormat = (options: Intl.DateTimeFormatOptions, locale = navigator.language) =>
  kept(dates, options, () => new Intl.DateTimeFormat(locale, options));

/** A formatter of numbers, made once; in the operator's language unless another is named. */
export const numberFormat = (options: Intl.NumberFormatOptions, locale = navigator.language) =>
  kept(numbers, options, () => new Intl.NumberFormat(locale, options));
