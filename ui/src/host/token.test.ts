import { beforeEach, expect, it } from "vitest";
import { keepToken, takeToken, token } from "./token";

beforeEach(() => {
  sessionStorage.clear();
  history.replaceState(null, "", "/");
});

it("takes the token out of the address and leaves the rest of it", () => {
  history.replaceState(null, "", "/?token=abc%2B1&x=2#/chains");
  takeToken();
  expect(token()).toBe("abc+1");
  expect(location.href).toMatch(/\/\?x=2#\/chains$/);
});

it("keeps an earlier token when the address has none", () => {
  keepToken("abc");
  takeToken();
  expect(token()).toBe("abc");
});

it("takes a pasted token, and a pasted address that holds one", () => {
  keepToken("  abc \n");
  expect(token()).toBe("abc");
  keepToken("http://127.0.0.1:4748/?token=d%2Fe#/");
  expect(token()).toBe("d/e");
});
