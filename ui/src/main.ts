// The locale is mended before anything else is even loaded; a static import would run first.
import { normaliseLocale } from "./lib/locale";

normaliseLocale();
void import("./start").then(({ start }) => start());
