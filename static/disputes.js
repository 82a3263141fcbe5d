// The form that disputes lines: it asks only for the figure that a reason needs, and shows what it comes to while
// somebody types. The figures are the server's; without this script a button asks for them.

const PAUSE_MS = 350;

function claim(line) {
  const box = line.closest(".claim").querySelector("input[type=checkbox]");
  const reason = line.querySelector("select");
  const figure = line.querySelector("[data-figure]");
  const label = figure.querySelector("label");
  const hint = figure.querySelector("[data-hint]");

  const show = () => {
    let asks = reason.selectedOptions[0]?.dataset.asks ?? "";
    if (["right", "affected"].includes(asks) && !line.dataset.counted) asks = "amount";
    line.hidden = !box.checked;
    figure.hidden = !asks || asks === "whole" || asks === "tax";
    hint.hidden = true;
    label.textContent = asks === "amount" ? label.dataset.amount : (reason.selectedOptions[0]?.dataset.question ?? "");
  };
  box.addEventListener("change", show);
  reason.addEventListener("change", () => {
    box.checked ||= reason.value !== "";
    show();
  });
  addEventListener("pageshow", show);
  show();
}

function live(form) {
  const place = form.querySelector("[data-figures-shown]");
  const payButton = form.querySelector("[data-pay]");
  const sendButton = form.querySelector("[data-send]");
  const reasons = [...form.querySelectorAll("[data-claim] select")];
  let timer = 0;
  let asked = 0;

  const buttons = () => {
    const amount = place.querySelector(".sums-total dd")?.textContent ?? "";
    payButton.hidden = !amount;
    payButton.textContent = payButton.dataset.pay.replace("%s", amount);
    sendButton.classList.toggle("button-plain", Boolean(amount));
    sendButton.textContent = amount ? sendButton.dataset.only : sendButton.dataset.plain;
  };
  const ask = async () => {
    const mine = ++asked;
    const typed = new FormData(form);
    typed.delete("files");
    try {
      const answer = await fetch(form.dataset.figures, { method: "POST", body: new URLSearchParams(typed) });
      if (!answer.ok || mine !== asked) return;
      place.innerHTML = await answer.text();
      buttons();
    } catch {
      // No connection: the button that works it out is still there.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // What was chosen before this script came, or is put back by the browser, has its figures too.
  addEventListener("pageshow", () => {
    if (!place.querySelector(".sums-total") && reasons.some((reason) => reason.value)) soon();
  });
  form.querySelector("[data-work-out]").hidden = true;
  buttons();
}

for (const line of document.querySelectorAll("[data-claim]")) claim(line);
for (const form of document.querySelectorAll("[data-dispute]")) live(form);
