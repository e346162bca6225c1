// Asks a security key, or the device itself, for what the form says in data-passkey, and sends what it answers with the form.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));

async function ask(asked) {
  const o = asked.publicKey;
  o.challenge = bytes(o.challenge);
  if (o.user) {
    o.user.id = bytes(o.user.id);
    o.excludeCredentials = known(o.excludeCredentials);
    return navigator.credentials.create({ publicKey: o });
  }
  o.allowCredentials = known(o.allowCredentials);
  return navigator.credentials.get({ publicKey: o });
}

function answer(c) {
  const r = c.response, said = { clientDataJSON: text(r.clientDataJSON) };
  for (const k of ["attestationObject", "authenticatorData", "signature", "userHandle"]) if (r[k]) said[k] = text(r[k]);
  if (r.getTransports) said.transports = r.getTransports();
  return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response: said, clientExtensionResults: c.getClientExtensionResults() });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const told = form.querySelector("[data-told]"), button = form.querySelector("button");
  const go = async (e) => {
    if (form.elements.answer.value) return;
    e.preventDefault();
    told.hidden = true;
    button.disabled = true;
    try {
      form.elements.answer.value = answer(await ask(JSON.parse(form.dataset.passkey)));
      form.submit();
    } catch {
      told.hidden = false;
    } finally {
      button.disabled = false;
    }
  };
  form.addEventListener("submit", go);
  button.disabled = false; // before, it would send the form without an answer
  button.focus();
  if (!window.PublicKeyCredential) told.hidden = false;
}
