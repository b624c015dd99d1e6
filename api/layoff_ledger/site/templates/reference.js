"use strict";
// Searches the reference, and lets a reader send its examples; without it all is there to read.
(() => {
    const words = document.getElementById("find-words"), found = document.getElementById("found");
    const entries = [];
    for (const part of document.querySelectorAll(".reference section.part")) {
        const title = part.querySelector("h3").textContent.trim();
        entries.push([part.id, title, `${part.id} ${title} ${part.querySelector(".call")?.textContent ?? ""}`]);
        for (const field of part.querySelectorAll(".fields > div")) {
            entries.push([field.id, `${field.id.split(".").pop()} · ${title}`, `${field.id} ${field.textContent}`]);
        }
    }
    for (const entry of entries) {
        entry[2] = entry[2].toLowerCase();
    }
    const MOST = 40;
    const rank = (entry, first) =>
        (entry[0].toLowerCase().includes(first) ? 0 : 2) + (entry[0].includes(".") ? 1 : 0);
    words.addEventListener("input", () => {
        const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
        const hits = asked.length ? entries.filter((one) => asked.every((word) => one[2].includes(word))) : [];
        hits.sort((one, other) => rank(one, asked[0]) - rank(other, asked[0]));
        found.replaceChildren(...hits.slice(0, MOST).map(([id, title]) => {
            const item = document.createElement("li"), link = document.createElement("a");
            link.href = `#${id}`;
            link.textContent = title;
            item.append(link);
            return item;
        }));
        document.getElementById("found-count").textContent =
            asked.length ? `${hits.length} found${hits.length > MOST ? `, ${MOST} shown` : ""}` : "";
    });
    document.getElementById("find").hidden = false;

    const LONGEST = 20000;
    const send = async (address, output) => {
        output.hidden = false;
        output.textContent = "…";
        try {
            const url = new URL(address, location.origin);
            if (url.origin !== location.origin) {
                throw new Error("only addresses of this server: begin with /");
            }
            const begun = performance.now();
            const answer = await fetch(url, {headers: {accept: "application/json"}});
            const text = await answer.text();
            const took = Math.round(performance.now() - begun);
            let shown = text;
            try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* no JSON */ }
            if (shown.length > LONGEST) {
                shown = `${shown.slice(0, LONGEST)}\n… ${shown.length - LONGEST} more characters`;
            }
            output.textContent = `${answer.status} ${answer.headers.get("content-type")}, ${took} ms\n\n${shown}`;
        } catch (error) {
            output.textContent = String(error.message ?? error);
        }
    };
    for (const part of document.querySelectorAll(".reference section.part")) {
        const example = part.querySelector("pre.example a");
        if (!example) { continue; }
        const name = part.querySelector("h3").textContent.trim();
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "Try it";
        button.setAttribute("aria-label", `Try it: ${name}`);
        part.querySelector("pre.example").after(button);
        button.addEventListener("click", () => {
            const form = document.createElement("form"), label = document.createElement("label");
            const address = document.createElement("input"), go = document.createElement("button");
            const output = document.createElement("pre"), from = new URL(example.href);
            form.className = "try";
            address.id = `${part.id}-address`;
            address.value = from.pathname + from.search;
            address.spellcheck = false;
            label.htmlFor = address.id;
            label.textContent = "Path and query";
            go.textContent = "Send";
            output.tabIndex = 0;
            output.hidden = true;
            output.setAttribute("role", "region");
            output.setAttribute("aria-label", `Answer: ${name}`);
            form.append(label, address, go);
            form.addEventListener("submit", (event) => {
                event.preventDefault();
                send(address.value, output);
            });
            button.replaceWith(form, output);
            address.focus();
            send(address.value, output);
        });
    }
})();
