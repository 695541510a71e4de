// A photo as small as it is needed: one from a phone is ten times as heavy, and data costs money.
const LONGEST_SIDE = 1920;
const LIGHT = 400_000;

export async function shrunk(file) {
  if (file.size < LIGHT) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(picture.width * scale),
      height: Math.round(picture.height * scale),
    });
    const context = canvas.getContext("2d");
    context.fillStyle = "white"; // JPEG knows no clear ground.
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: blob.type }) : file;
  } catch {
    return file; // Not a picture: the server says so in words.
  }
}
