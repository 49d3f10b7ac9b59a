// Keeps the screen of a phone awake while its owner waits or speaks. A wish: a browser that refuses loses nothing else.

export class ScreenWakeLock {
  #wanted = false;
  #lock: WakeLockSentinel | undefined;

  hold(awake: boolean): void {
    this.#wanted = awake;
    if (awake) return this.reacquire();
    void this.#lock?.release().catch(() => undefined);
    this.#lock = undefined;
  }

  /** The lock is lost whenever the page goes to the back; call this when it returns. */
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
