// What this browser keeps of a person's habits; a private window may keep nothing.

export function remember(habit, value) {
  try {
    localStorage.setItem(`stembot.${habit}`, value);
  } catch {
    // then it lasts as long as the page
  }
}

export function recall(habit) {
  try {
    return localStorage.getItem(`stembot.${habit}`);
  } catch {
    return null;
  }
}
