// Whole rupiah as people write and type them.
const figure = new Intl.NumberFormat("id-ID");

export const rupiah = (amount) => (amount < 0 ? `−Rp${figure.format(-amount)}` : `Rp${figure.format(amount)}`);

// What somebody typed, or null: "15.000", "Rp 15000" and "15000,-" are 15000; "12,5" is nothing.
export function typedRupiah(text) {
  const bare = text.replace(/^\s*rp\.?/i, "").replace(/,(-|00)?\s*$/, "").replace(/[.\s]/g, "");
  return /^\d{1,10}$/.test(bare) ? Number(bare) : null;
}

export const typedNumber = (text) => (/^\d{1,4}$/.test(text.trim()) ? Number(text.trim()) : null);
