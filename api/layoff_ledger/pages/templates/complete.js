// Offers companies while somebody writes; without it, an id or a name is written out.
for (const input of document.querySelectorAll("input[data-complete]")) {
  const list = document.createElement("datalist");
  list.id = `${input.id}-companies`;
  input.after(list);
  input.setAttribute("list", list.id);
  let timer;
  const offer = async () => {
    const typed = input.value.trim();
    if (!typed) return;
    try {
      const answer = await fetch(`${input.dataset.complete}?q=${encodeURIComponent(typed)}`);
      if (!answer.ok || input.value.trim() !== typed) return;
      const found = (await answer.json()).data;
      list.replaceChildren(...found.map((one) => {
        const option = document.createElement("option");
        option.value = input.name === "q" ? one.name : one.id;
        option.label = input.name === "q" ? one.hint ?? "" : one.name;
        return option;
      }));
    } catch { /* It is an offer, and no more. */ }
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(offer, 150); });
}
