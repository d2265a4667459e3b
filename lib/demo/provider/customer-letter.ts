import type { RefundRules, Verdict } from "./refund-rules.ts";
import { amount } from "./refund-rules.ts";
import type { Order, Ticket } from "./facts.ts";
import type { Voice } from "./model-voice.ts";
import type { Random } from "./random.ts";
import type { Language } from "./ticket-reading.ts";

type Letter = { greeting: string; opening: string[]; outcome: string; closing: string };
type Phrases = Record<RefundRules["tone"], Omit<Letter, "outcome">> & {
  outcome: Record<Verdict["decision"] | "none", string>;
};

const english: Phrases = {
  warm: {
    greeting: "Hi {name},",
    opening: [
      "thank you for telling us, and I am truly sorry about this.",
      "I am so sorry for the trouble this has caused you.",
      "thanks for your patience; this is not the experience we want for you.",
    ],
    closing: "Warm regards,\nMaya from Customer Care",
  },
  neutral: {
    greeting: "Hello {name},",
    opening: [
      "thank you for your message. We looked into your order.",
      "we have reviewed your case together with the carrier's record.",
      "thank you for getting in touch. Here is what we found.",
    ],
    closing: "Kind regards,\nCustomer Care",
  },
  formal: {
    greeting: "Dear {name},",
    opening: [
      "We have reviewed your request.",
      "Your case has been assessed.",
      "We refer to your message regarding your order.",
    ],
    closing: "Sincerely,\nCustomer Care",
  },
  outcome: {
    refund: "We are refunding the full amount of {amount}. It reaches your account within 3 to 5 working days.",
    partial_refund: "We are refunding {amount} of your order. It reaches your account within 3 to 5 working days.",
    no_refund: "We cannot offer a refund in this case: {why}.",
    escalate: "A colleague from our team will look at your case in person and answer within one working day.",
    none: "Here is the answer to your question: parcels can be followed with the tracking number in your confirmation, and our team is glad to help further.",
  },
};
const german: Phrases = {
  warm: {
    greeting: "Hallo {name},",
    opening: ["vielen Dank für Ihre Nachricht, das tut uns aufrichtig leid."],
    closing: "Herzliche Grüße\nIhr Kundenservice",
  },
  neutral: {
    greeting: "Guten Tag {name},",
    opening: ["danke für Ihre Nachricht. Wir haben Ihre Bestellung geprüft."],
    closing: "Freundliche Grüße\nIhr Kundenservice",
  },
  formal: {
    greeting: "Sehr geehrte(r) {name},",
    opening: ["wir haben Ihr Anliegen geprüft."],
    closing: "Mit freundlichen Grüßen\nKundenservice",
  },
  outcome: {
    refund: "Wir erstatten Ihnen den vollen Betrag von {amount}. Er ist in 3 bis 5 Werktagen auf Ihrem Konto.",
    partial_refund: "Wir erstatten Ihnen {amount}. Der Betrag ist in 3 bis 5 Werktagen auf Ihrem Konto.",
    no_refund: "Eine Erstattung ist in diesem Fall leider nicht möglich.",
    escalate: "Eine Kollegin sieht sich Ihren Fall persönlich an und antwortet innerhalb eines Werktags.",
    none: "Ihre Sendung können Sie mit der Sendungsnummer aus der Bestätigung verfolgen.",
  },
};
const french: Phrases = {
  warm: {
    greeting: "Bonjour {name},",
    opening: ["merci de nous avoir écrit, nous sommes sincèrement désolés."],
    closing: "Bien chaleureusement,\nLe service client",
  },
  neutral: {
    greeting: "Bonjour {name},",
    opening: ["merci pour votre message. Nous avons examiné votre commande."],
    closing: "Cordialement,\nLe service client",
  },
  formal: {
    greeting: "Madame, Monsieur {name},",
    opening: ["nous avons examiné votre demande."],
    closing: "Veuillez agréer nos salutations distinguées,\nLe service client",
  },
  outcome: {
    refund: "Nous vous remboursons la totalité, soit {amount}, sous 3 à 5 jours ouvrés.",
    partial_refund: "Nous vous remboursons {amount} sous 3 à 5 jours ouvrés.",
    no_refund: "Un remboursement n'est malheureusement pas possible dans ce cas.",
    escalate: "Un collègue examinera votre dossier et vous répondra sous un jour ouvré.",
    none: "Vous pouvez suivre votre colis avec le numéro indiqué dans la confirmation.",
  },
};
const phrases: Record<Language, Phrases> = { en: english, de: german, fr: french, es: english };

/** The answer to the customer in the ticket's language; `verdict` null = nothing was decided (a plain question). */
export function customerLetter(
  ticket: Ticket,
  order: Order | null,
  verdict: Verdict | null,
  how: { tone: RefundRules["tone"]; language: Language; voice: Voice; random: Random },
): string {
  const book = phrases[how.language];
  const words = book[how.tone];
  const title = order?.titles[0];
  const fill = (text: string) =>
    text
      .replace("{name}", ticket.customer ?? order?.customer ?? (how.language === "en" ? "there" : ""))
      .replace("{amount}", amount(verdict?.amountCents ?? 0, order))
      .replace("{why}", verdict?.why ?? "")
      .replace(" ,", ",");
  const about =
    how.language === "en" && how.voice.size !== "small" && order
      ? ` This is about order ${order.id}${title ? ` (${title})` : ""}.`
      : "";
  const after =
    how.language === "en" && how.voice.size === "large" && how.tone !== "formal"
      ? ` ${how.random.pick(["If anything is still open, just answer this message.", "You can reach me directly by answering this message."])}`
      : "";
  const lines = [
    fill(words.greeting),
    "",
    `${how.random.pick(words.opening)}${about}`,
    `${fill(book.outcome[verdict?.decision ?? "none"])}${after}`,
    "",
    words.closing,
  ];
  return lines.join("\n");
}
