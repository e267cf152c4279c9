import { expect, it } from "vitest";
import { bytes } from "./bytes";

it.each([
  [0, "0 bytes"],
  [1023, "1,023 bytes"],
  [1024, "1 KiB"],
  [1_468_006, "1.4 MiB"],
  [209_715_200, "200 MiB"],
  [5 * 1024 ** 5, "5,120 TiB"],
])("says %d as %s", (size, text) => expect(bytes(size)).toBe(text));
