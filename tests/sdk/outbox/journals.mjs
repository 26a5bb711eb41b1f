// What a phone keeps for each account that has signed in on it, apart from one another.

export class Journals {
  // A real app keeps a database for each, named by the account.
  phones = new Map()

  // `open` makes an empty phone, with a device id of its own.
  constructor(open) {
    this.open = open
  }

  signedIn({ account_id: accountId, access_token: token }) {
    const phone = this.phones.get(accountId) ?? this.open()
    this.phones.set(accountId, phone)
    phone.wire.token = token
    return phone
  }
}
