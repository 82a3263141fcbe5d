// Forms marked data-passkey: the browser makes a passkey ("new") or signs with one ("get"), then the form is sent.
// Where the browser cannot do that, the form stays hidden and codes are used.

const able = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!able) continue;
  form.hidden = false;
  for (const unable of document.querySelectorAll("[data-passkey-unable]")) unable.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form);
  });
}

async function answer(form) {
  const trouble = form.querySelector("[data-passkey-trouble]");
  trouble.hidden = true;
  try {
    const kind = form.dataset.passkey;
    const asked = await fetch("/admin/passkey-challenge", { method: "POST", body: new URLSearchParams({ kind }) });
    if (!asked.ok) throw new Error(`${asked.status}`);
    const options = await asked.json();
    const credential =
      kind === "new"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.passkey.value = JSON.stringify(credential);
    form.submit();
  } catch {
    trouble.hidden = false;
  }
}
