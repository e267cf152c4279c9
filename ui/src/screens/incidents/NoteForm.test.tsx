import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { HostError } from "@/host";
import { incidentOf, timelineOf } from "@/host/fake/operations";
import { renderWithHost } from "@/test/render";
import { NoteEdit } from "./NoteEdit";
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

const refuse = () => {
  throw new HostError({
    code: "not_found",
    message: "there is no incident `7`",
    remedy: "choose one from the list",
    problems: [],
  });
};
const SAID = "There is no incident “7”. Choose one from the list.";

it("keeps a refused note, and says at its field why", async () => {
  renderWithHost(<NoteForm id="7" />, { "incident.note": refuse });
  const field = screen.getByRole("textbox");
  await userEvent.type(field, "The host is back.");
  await userEvent.click(screen.getByRole("button", { name: "Add note" }));
  await waitFor(() => expect(field).toHaveAccessibleDescription(SAID));
  expect(field).toBeInvalid();
  expect(field).toHaveValue("The host is back.");
  await userEvent.type(field, " Really.");
  expect(field).toBeValid();
});

it("keeps a refused rewording, and says at its field why", async () => {
  const [entry] = timelineOf(incidentOf(Date.now(), 0));
  const done = vi.fn();
  if (!entry) throw new Error("an empty timeline");
  renderWithHost(<NoteEdit incident="7" entry={entry} onDone={done} />, { "incident.act": refuse });
  const field = screen.getByRole("textbox", { name: "Edit the note" });
  await userEvent.clear(field);
  await userEvent.type(field, "Another wording");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(field).toHaveAccessibleDescription(SAID));
  expect(field).toHaveValue("Another wording");
  expect(done).not.toHaveBeenCalled();
});
