/** The kinds of text that the forms of a chain and of a tier take. Each error is a word that the form explains. */
import { z } from "zod";
import { parseSpan } from "./span";

/** A duration, such as 500ms or 2m. */
export const span = z
  .string()
  .trim()
  .refine((text) => parseSpan(text) !== null, "span");

/** A whole number, its ends included. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .trim()
    .refine(
      (text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max,
      `whole:${min}:${max}`,
    );

/** A share of the whole: 0 to 1. */
export const share = z
  .string()
  .trim()
  .refine((text) => text !== "" && Number(text) >= 0 && Number(text) <= 1, "share");
