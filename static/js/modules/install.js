// The card on Home that offers to install Calepin (templates/pwa/install_card.html). Never at the first visit; "Plus
// tard" silences it for 90 days, "Non merci" for good.

// A cookie, because signing out empties every other storage (Clear-Site-Data) and "never" must outlive it. It holds
// the number of visits, or the answer: nothing about the person.
const COOKIE = "installation";
const LATER_DAYS = 90;
// The longest a browser accepts; each visit starts it again.
const LONGEST_DAYS = 400;

function remembered() {
  return document.cookie.match(/(?:^|; )installation=(\w+)/)?.[1] ?? "0";
}

function remember(value, days = LONGEST_DAYS) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${value}; Max-Age=${days * 86400}; Path=/; SameSite=Lax${secure}`;
}

// A visit begins with the first page of a tab; signing out empties sessionStorage, so signing in again counts.
function mayOffer() {
  const answer = remembered();
  if (answer === "later") return false;
  if (answer === "never") {
    remember("never");
    return false;
  }
  const isNewVisit = !sessionStorage.getItem("visit-counted");
  const visits = Number(answer) + (isNewVisit ? 1 : 0);
  sessionStorage.setItem("visit-counted", "yes");
  remember(visits);
  return visits >= 2;
}

function isInstalled() {
  return navigator.standalone === true || matchMedia("(display-mode: standalone)").matches;
}

function isApplePhone() {
  // An iPad says it is a Mac, but no Mac has a touch screen.
  return /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.platform) && navigator.maxTouchPoints > 1);
}

function offer(card, accept) {
  const answer = (name, act) => {
    card.querySelector(`[data-install-${name}]`).onclick = () => {
      act();
      card.hidden = true;
    };
  };
  answer("accept", accept);
  answer("later", () => remember("later", LATER_DAYS));
  answer("never", () => remember("never"));
  card.hidden = false;
}

function offerOnApplePhones(card) {
  const sheet = document.querySelector("[data-install-sheet]");
  // A browser inside another app cannot install: "Safari" is then missing from its name.
  const canInstall = /Safari\//.test(navigator.userAgent);
  sheet.querySelector("[data-install-steps]").hidden = !canInstall;
  sheet.querySelector("[data-install-elsewhere]").hidden = canInstall;
  offer(card, () => sheet.showModal());
}

export function start(card) {
  if (isInstalled() || !mayOffer()) return;
  addEventListener("beforeinstallprompt", (event) => offer(card, () => event.prompt()));
  addEventListener("appinstalled", () => {
    remember("never");
    card.hidden = true;
  });
  if (isApplePhone()) offerOnApplePhones(card);
}
