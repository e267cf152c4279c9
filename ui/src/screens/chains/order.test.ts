import { expect, it } from "vitest";
import { freeName, inOrder, moved } from "./order";

it("moves an item down, up, and to the ends", () => {
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], 0, 99)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 2, -5)).toEqual(["c", "a", "b"]);
});

it("leaves the list alone when there is nothing to move", () => {
  expect(moved(["a"], 4, 0)).toEqual(["a"]);
});

it("keeps what an order leaves out, at the end", () => {
  const items = [{ name: "a" }, { name: "b" }, { name: "c" }];
  expect(inOrder(items, ["c", "a"]).map(({ name }) => name)).toEqual(["c", "a", "b"]);
});

it("finds a name that is free", () => {
  expect(freeName("gpu", ["cpu"])).toBe("gpu");
  expect(freeName("gpu", ["gpu", "gpu-2"])).toBe("gpu-3");
});
