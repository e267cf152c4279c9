import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderWithHost } from "@/test/render";
import { NoteForm } from "./NoteForm";

const notes = (host: { asked: { name: string; request: unknown }[] }) =>
  host.asked.filter(({ name }) => name === "incident.note").map(({ request }) => request);

it("takes notes of 1 to 4000 characters", async () => {
  const { host } = renderWithHost(<NoteForm id="7" />);
  const field = screen.getByRole("textbox");
  const save = screen.getByRole("button", { name: "Add note" });

  fireEvent.change(field, { target: { value: "   " } });
  await userEvent.click(save);
  expect(await screen.findByText("Write a note first.")).toBeInTheDocument();

  fireEvent.change(field, { target: { value: "x".repeat(4001) } });
  expect(await screen.findByText(/at most 4000 characters; this one has 4001/)).toBeInTheDocument();
  await userEvent.click(save);
  expect(notes(host)).toEqual([]);

  fireEvent.change(field, { target: { value: "x".repeat(4000) } });
  await userEvent.click(save);
  await waitFor(() => expect(notes(host)).toEqual([{ id: "7", text: "x".repeat(4000) }]));
  await waitFor(() => expect(field).toHaveValue(""));
});
