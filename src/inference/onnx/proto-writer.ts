/** Writes the few protocol-buffer constructs that ONNX files need, field by field. */
export class ProtoWriter {
  private readonly parts: Uint8Array[] = [];

  private varint(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    do {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      bytes.push(rest > 0n ? low | 0x80 : low);
    } while (rest > 0n);
    this.parts.push(Uint8Array.from(bytes));
  }

  int(field: number, value: number): this {
    this.varint(field * 8);
    this.varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.varint(field * 8 + 5);
    this.parts.push(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  /** The head of a field of `length` bytes that follow. */
  head(field: number, length: number): this {
    this.varint(field * 8 + 2);
    this.varint(length);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    return this.head(field, value.length).written(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, fill: (inner: ProtoWriter) => void): this {
    const inner = new ProtoWriter();
    fill(inner);
    return this.bytes(field, inner.finish());
  }

  /** Appends fields that are written already. */
  written(fields: Uint8Array): this {
    this.parts.push(fields);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}
