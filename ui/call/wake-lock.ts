// Screen wake lock: keeps a phone from locking while its owner waits or is in a call. Best effort; a refusal has no other effect.

export class ScreenWakeLock {
  #wanted = false;
  #lock: WakeLockSentinel | undefined;

  hold(awake: boolean): void {
    this.#wanted = awake;
    if (awake) return this.reacquire();
    void this.#lock?.release().catch(() => undefined);
    this.#lock = undefined;
  }

  /** The browser releases the lock when the page is hidden; call this when it is visible again. */
  reacquire(): void {
    if (!this.#wanted || document.hidden || (this.#lock && !this.#lock.released)) return;
    navigator.wakeLock?.request("screen").then(
      (lock) => {
        if (this.#wanted) this.#lock = lock;
        else void lock.release();
      },
      () => undefined,
    );
  }
}
