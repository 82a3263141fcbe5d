// What the customer's pages do beyond plain HTML: the theme, the live total, and one submit per click. Everything
// works without it. Sums are integer minor units; only their picture is a localized string.

const root = document.documentElement;

function themeSwitch(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => button.setAttribute("aria-pressed", String(dark()));
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Storage is switched off: the choice lasts until the next page.
    }
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}

function selection(form) {
  const boxes = [...form.querySelectorAll("input[name=charge]")];
  const digits = Number(form.dataset.digits);
  const format = new Intl.NumberFormat(root.lang, {
    style: "currency",
    currency: form.dataset.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const money = (cents) => format.format(cents / 10 ** digits);
  const sum = (chosen, name) => chosen.reduce((total, box) => total + Number(box.dataset[name]), 0);
  const say = (name, text) => {
    for (const place of document.querySelectorAll(`[data-live] [data-${name}]`)) place.textContent = text(place);
  };
  const all = form.querySelector("[data-choose=all]");

  const show = () => {
    const chosen = boxes.filter((box) => box.checked);
    const balance = sum(chosen, "payable");
    const discount = sum(chosen, "discount");
    say("count", (place) => place.dataset.count.replace("%n", chosen.length.toLocaleString(root.lang)));
    say("balance", () => money(balance));
    say("discount", () => money(-discount).replace("-", "−"));
    say("total", () => money(balance - discount));
    for (const place of document.querySelectorAll("[data-if-discount]")) place.hidden = discount === 0;
    all.textContent = chosen.length === boxes.length ? all.dataset.none : all.dataset.all;
  };

  form.addEventListener("change", show);
  form.addEventListener("click", ({ target }) => {
    const wish = target.dataset.choose;
    if (!wish) return;
    const every = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = wish === "all" ? !every : "overdue" in box.dataset;
    show();
  });
  addEventListener("pageshow", show);
  show();
}

// A second click while the first is on its way does nothing. The button itself is never disabled, and a page that
// comes back from the browser's cache is fresh again.
function submitOnce(form) {
  let sent = 0;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - sent < 5000 && sent > 0) event.preventDefault();
    else sent = event.timeStamp;
  });
  addEventListener("pageshow", () => {
    sent = 0;
  });
}

for (const button of document.querySelectorAll("[data-theme-switch]")) themeSwitch(button);
for (const form of document.querySelectorAll("[data-selection]")) selection(form);
for (const form of document.querySelectorAll("form[method=post]")) submitOnce(form);
document.querySelector("[data-focus]")?.focus();

const waiting = document.querySelector("[data-reload]");
if (waiting) setTimeout(() => location.reload(), 5000);
