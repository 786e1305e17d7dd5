// Settings that this browser remembers; a private window may store nothing.

export function savePreference(name, value) {
  try {
    localStorage.setItem(`stembot.${name}`, value);
  } catch {
    // it is forgotten with the page
  }
}

export function loadPreference(name) {
  try {
    return localStorage.getItem(`stembot.${name}`);
  } catch {
    return null;
  }
}
