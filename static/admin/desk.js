// What the admin's pages, and above all its lists, do beyond plain HTML: their filters and pages change only the list. Everything works
// without it. Whoever is logged out meanwhile is sent to log in, instead of finding an empty list.

document.addEventListener("htmx:before:response", (event) => {
  const response = event.detail.ctx.response;
  const address = response.raw.url;
  if (address && new URL(address).pathname === "/admin/log-in") {
    event.preventDefault();
    location.reload();
  }
});

// On a phone the navigation is wider than the screen: the place where one is must be seen.
document.querySelector(".desk-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
