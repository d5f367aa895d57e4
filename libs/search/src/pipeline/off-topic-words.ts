/** Words of questions that are not about movies. They make weak matches worth less; a clear match is still found. */
export const offTopicWords: ReadonlySet<string> = new Set(
  `404 address airport api app atm bitcoin browser btc calculator calories celsius coupon crypto currency css cvv delivery
  deduction discount docker dosage download exchange fahrenheit fix flights forecast ftp gluten html http https insurance install
  installing invoice ios ipad iphone javascript json kilometers kubernetes laptop linux login loan miles mortgage mysql near npm
  nutrition password pdf php pharmacy phone pounds premier price prices printer python recipe recipes refund regex reset
  resume restaurant router salary screenshot sql stock subscription symptoms tax taxes template translate translation tutorial
  update usb vpn warranty weather wifi wikipedia windows zip`.split(/\s+/),
);
