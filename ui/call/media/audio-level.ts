// Measures the microphone level, from 0 to 1, for the level meter.

export class AudioLevel {
  #context: AudioContext | undefined;
  #track: MediaStreamTrack | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #analyser: AnalyserNode | undefined;
  #samples = new Float32Array(512);

  read(track: MediaStreamTrack | undefined): number {
    if (track !== this.#track) this.#attach(track);
    if (!this.#analyser || !track?.enabled) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return loudness(Math.sqrt(sum / this.#samples.length));
  }

  stop(): void {
    this.#attach(undefined);
    void this.#context?.close().catch(() => undefined);
    this.#context = undefined;
  }

  #attach(track: MediaStreamTrack | undefined): void {
    this.#source?.disconnect();
    this.#source = undefined;
    this.#track = track;
    if (!track || typeof AudioContext === "undefined") return;
    this.#context ??= new AudioContext();
    void this.#context.resume().catch(() => undefined);
    this.#analyser ??= new AnalyserNode(this.#context, { fftSize: 512 });
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }
}

/** Maps a root mean square to the meter on a logarithmic scale: -60 dBFS is 0, -12 dBFS is 1. */
export function loudness(rms: number): number {
  if (rms <= 0) return 0;
  return Math.min(1, Math.max(0, (20 * Math.log10(rms) + 60) / 48));
}
