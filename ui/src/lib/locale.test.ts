import { describe, expect, it } from "vitest";
import { normaliseLocale, usableLocale } from "./locale";

describe("usableLocale", () => {
  it("takes the first language that Intl accepts", () => {
    expect(usableLocale(["de-DE", "en"])).toBe("de-DE");
  });

  it("passes over what is no language, as WebKitGTK reports it under LANG=C.UTF-8", () => {
    expect(usableLocale(["C", "POSIX", "fr"])).toBe("fr");
    expect(() => new Intl.NumberFormat(usableLocale(["C"]))).not.toThrow();
  });

  it("reads the form of the LANG variable", () => {
    expect(usableLocale(["de_AT.UTF-8"])).toBe("de-AT");
  });

  it("falls back to British English", () => {
    expect(usableLocale([])).toBe("en-GB");
    expect(usableLocale([undefined, ""])).toBe("en-GB");
  });
});

describe("normaliseLocale", () => {
  it("mends navigator.language, so that libraries that read it do not throw", () => {
    const nav = { language: "C", languages: ["C"] } as unknown as Navigator;
    normaliseLocale(nav);
    expect(nav.language).toBe("en-GB");
    expect(() => new Intl.NumberFormat(nav.language)).not.toThrow();
  });
});
