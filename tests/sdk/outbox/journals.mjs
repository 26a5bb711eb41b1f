// What a phone keeps for each account that has signed in on it, apart from one another.

export class Journals {
  phones = new Map()

  // `open` opens the database of an account, which it names by the id, or makes an empty one with
  // a device id of its own.
  constructor(open) {
    this.open = open
  }

  async signedIn({ account_id: accountId, access_token: token }) {
    const phone = this.phones.get(accountId) ?? (await this.open(accountId))
    this.phones.set(accountId, phone)
    phone.wire.token = token
    return phone
  }
}
